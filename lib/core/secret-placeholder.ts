/** What stands for a secret wherever its value must not be: in guests, logs and recordings. It is filled in on its way out. */

export function placeholderOf(name: string): string {
  return `{{secret:${name}}}`;
}

const spellings = new Map<string, RegExp>();

/** Finds the placeholder however JSON or a URL may write it, each character for itself. */
export function spellingsOf(name: string): RegExp {
  let found = spellings.get(name);
  if (found === undefined) {
    const written = [...placeholderOf(name)].map((character) => {
      const hex = character.charCodeAt(0).toString(16).padStart(2, "0");
      return `(?:${/[{}]/.test(character) ? `\\${character}` : character}|\\\\u00${hex}|%${hex})`;
    });
    found = new RegExp(written.join(""), "gi");
    spellings.set(name, found);
  }
  return found;
}

/** The first of the names whose placeholder stands somewhere in a value; undefined where none does. */
export function placeholderIn(value: unknown, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const text = JSON.stringify(value) ?? "";
  return names.find((name) => text.search(spellingsOf(name)) !== -1);
}
