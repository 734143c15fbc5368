/** A page of a list, newest first unless said otherwise. `cursor` is opaque. */
export type Page<T> = { readonly items: T[]; readonly nextCursor?: string };
export type PageRequest = { readonly cursor?: string | undefined; readonly limit?: number | undefined };
