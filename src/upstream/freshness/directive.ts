/** What a caller accepts of earlier reads (`Cache-Control` of a request), within the operator's limits. Times in milliseconds. */
export interface CacheDirective {
  /** A read may be that old; 0 accepts nothing that was read before. */
  readonly maxAge: number;
  /** A read may be that old where Cloudflare cannot answer. */
  readonly staleIfError: number;
  /** No call is made: what is not remembered fails with `not_cached`. */
  readonly onlyIfCached: boolean;
  /** What is read leaves nothing behind. */
  readonly noStore: boolean;
  /** The caller has said it themselves, so that the answer tells how old it is. */
  readonly stated: boolean;
}

/** What somebody accepts who says nothing, where nothing is remembered. */
export const acceptsNothing: CacheDirective = {
  maxAge: 0,
  staleIfError: 0,
  onlyIfCached: false,
  noStore: false,
  stated: false,
};
