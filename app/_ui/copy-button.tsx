"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { toast } from "./toast.ts";

/** Copies a text; `label` says which, for example "Copy digest". With `children` it shows them as its face. */
export function CopyButton({
  text,
  label,
  children,
  className,
}: {
  /** What is copied, or how it is fetched when asked for. */
  text: string | (() => Promise<string>);
  label: string;
  children?: React.ReactNode;
  className?: string;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_600);
    return () => clearTimeout(timer);
  }, [copied]);
  async function copy(): Promise<void> {
    let whole: string;
    try {
      whole = typeof text === "string" ? text : await text();
    } catch {
      return void toast.error("It could not be fetched: reload the page and try again.");
    }
    try {
      await navigator.clipboard.writeText(whole);
      setCopied(true);
    } catch {
      toast.error("The browser does not let this page copy: select the text and copy it by hand.");
    }
  }
  return (
    <Button
      variant="ghost"
      size={children === undefined ? "icon-sm" : "sm"}
      onClick={() => void copy()}
      aria-label={copied ? "Copied" : label}
      title={label}
      className={cn("text-muted-foreground", className)}
    >
      {children}
      {copied ? <Check className="text-success" aria-hidden /> : <Copy aria-hidden />}
    </Button>
  );
}
