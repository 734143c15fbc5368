"use client";
import NextLink from "next/link";
import { type ComponentProps, useState } from "react";

/**
 * A link whose page is fetched when somebody is about to go there. Those merely in sight are left alone: every page is
 * read anew from the store, and a dozen of them would be read beside the one that was asked for.
 */
export function Link({ onPointerEnter, onFocus, ...props }: ComponentProps<typeof NextLink>) {
  const [near, setNear] = useState(false);
  return (
    <NextLink
      {...props}
      prefetch={near ? null : false}
      onPointerEnter={(event) => {
        setNear(true);
        onPointerEnter?.(event);
      }}
      onFocus={(event) => {
        setNear(true);
        onFocus?.(event);
      }}
    />
  );
}
