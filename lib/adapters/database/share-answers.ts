/** Many who ask the same at once share one question to the database, and nobody gets an answer older than the asking. */

/**
 * While one question is under way, all who come share the next one, which begins when it ends: so each answer was
 * looked up after it was asked for, and a busy process asks about once a round trip.
 */
export function shareAnswers<T>(ask: (about: string) => Promise<T>): (about: string) => Promise<T> {
  const underWay = new Map<string, Promise<unknown>>();
  const next = new Map<string, Promise<T>>();

  function begin(about: string): Promise<T> {
    const asked = ask(about);
    const settled = asked.then(
      () => {},
      () => {},
    );
    underWay.set(about, settled);
    void settled.then(() => {
      if (underWay.get(about) === settled) underWay.delete(about);
    });
    return asked;
  }

  return (about) => {
    const current = underWay.get(about);
    if (current === undefined) return begin(about);
    const shared = next.get(about);
    if (shared !== undefined) return shared;
    const following = current.then(() => {
      next.delete(about);
      return begin(about);
    });
    next.set(about, following);
    return following;
  };
}
