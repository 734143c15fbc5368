"use client";
import { useState } from "react";

/** What a field holds: what is stored, also when that changes elsewhere, until somebody types something else. */
export function useFollowed(stored: string): [string, (text: string) => void] {
  const [text, setText] = useState(stored);
  const [followed, setFollowed] = useState(stored);
  if (followed !== stored) {
    setFollowed(stored);
    if (text === followed) setText(stored);
  }
  return [text, setText];
}
