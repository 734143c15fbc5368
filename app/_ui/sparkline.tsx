import { cn } from "./cn.ts";

/**
 * A tiny line of values, oldest first. Decorative unless it has a `label`; beside it stand the figures.
 * @param failed how much of each value is bad: that part of its bar is red, and no other
 * @param marks positions of events (deployments, change points) drawn as upright lines
 */
export function Sparkline({
  values,
  failed = [],
  marks = [],
  label,
  tone = "neutral",
  kind = "line",
  className,
}: {
  values: readonly number[];
  failed?: readonly number[];
  marks?: readonly number[];
  label?: string;
  tone?: "neutral" | "danger" | "success";
  kind?: "line" | "bars";
  className?: string;
}) {
  const width = 96;
  const height = 24;
  const top = Math.max(...values, 0) || 1;
  const x = (index: number): number =>
    values.length < 2 ? width / 2 : 1 + (index * (width - 2)) / (values.length - 1);
  const y = (value: number): number => height - 2 - (value / top) * (height - 4);
  const ink = { neutral: "text-primary", danger: "text-danger", success: "text-success" }[tone];
  const gap = width / Math.max(1, values.length);
  /** All bars of a kind as one shape: hundreds of these stand on a page. */
  const bars = (of: readonly number[], wanted: (value: number) => boolean): string =>
    of
      .map((value, index) => {
        const rise = value === 0 ? 1 : height - 1 - y(value);
        return wanted(value)
          ? `M${(index * gap + gap * 0.1).toFixed(1)} ${height - 1}v${(-rise).toFixed(1)}h${(gap * 0.8).toFixed(1)}v${rise.toFixed(1)}z`
          : "";
      })
      .join("");
  const drawing = (
    <>
      {marks.map((mark) => (
        <line
          key={mark}
          x1={x(mark)}
          x2={x(mark)}
          y1={0}
          y2={height}
          className="stroke-muted-foreground"
          strokeDasharray="2 2"
        />
      ))}
      {kind === "bars" ? (
        <>
          <path d={bars(values, (value) => value > 0)} fill="currentColor" />
          <path d={bars(values, (value) => value === 0)} fill="currentColor" opacity={0.35} />
          {failed.some((value) => value > 0) && (
            <path d={bars(failed, (value) => value > 0)} fill="currentColor" className="text-danger" />
          )}
        </>
      ) : (
        values.length > 0 && (
          <polyline
            points={values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}
            fill="none"
            stroke="currentColor"
            strokeWidth={1.5}
            strokeLinejoin="round"
            strokeLinecap="round"
            vectorEffect="non-scaling-stroke"
          />
        )
      )}
    </>
  );
  const shape = { viewBox: `0 0 ${width} ${height}`, className: cn("h-6 w-24 shrink-0", ink, className) };
  return label === undefined ? (
    <svg {...shape} aria-hidden="true">
      {drawing}
    </svg>
  ) : (
    <svg {...shape} role="img" aria-label={label}>
      <title>{label}</title>
      {drawing}
    </svg>
  );
}
