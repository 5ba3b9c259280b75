import { piecesOf } from "./shown-text";

/** Text that somebody else wrote: escaped (React does it), apart from the text around it, its bidi marks and other hidden characters shown. */
export function Text({ of }: { of: string }) {
  return (
    <bdi>
      {piecesOf(of).map(({ text, mark }, index) =>
        mark ? (
          <mark key={index} title="A character that is not seen">
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </bdi>
  );
}
