import { Info, type LucideIcon } from "lucide-react";
import { Badge, type Tone } from "./badge.tsx";

/** How a word of the product looks: colour never stands alone, so each has an icon and its word. */
export type Look = { readonly icon: LucideIcon; readonly tone: Tone; readonly text: string };

/** Such a word, drawn. */
export function LookBadge({ look, size }: { look: Look | undefined; size?: "default" | "lg" | undefined }) {
  const { icon: Icon, tone, text } = look ?? { icon: Info, tone: "neutral", text: "Unknown" };
  return (
    <Badge tone={tone} size={size}>
      <Icon aria-hidden />
      {text}
    </Badge>
  );
}
