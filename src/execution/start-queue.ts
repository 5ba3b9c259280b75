/**
 * Starts waiting operations, one in each turn of the event loop, in the order in which they came. In an idle process a turn
 * is over at once. In a busy one it lasts as long as the current work, so that what was begun is finished before more is
 * begun: as many operations are answered per second, but few are half done at a time, and their memory is young when it
 * is let go of.
 */
export function createStartQueue(): () => Promise<void> {
  const waiting: (() => void)[] = [];
  const next = () => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(next);
    });
}
