/**
 * A label that says what it means, on hover and on focus.
 *
 * @module
 */
interface DefinitionProps {
  readonly id: string;
  readonly word: string;
  readonly children: string;
}

export function Definition({ id, word, children }: DefinitionProps) {
  return (
    <span class="def" tabindex={0} aria-describedby={id}>
      {word}
      <span role="tooltip" id={id}>{children}</span>
    </span>
  );
}
