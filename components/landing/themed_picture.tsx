/**
 * A picture of the dashboard in the look of the page around it.
 *
 * @module
 */
import { asset } from "fresh/runtime";

const looks = ["light", "dark"] as const;

interface ThemedPictureProps {
  /** Of its two files in `static/images/`, without the look. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly alt: string;
}

export function ThemedPicture({ name, width, height, alt }: ThemedPictureProps) {
  return (
    <>
      {/* The one that is hidden is lazy and therefore never fetched. */}
      {looks.map((look) => (
        <img
          key={look}
          class={`themed-picture only-${look}`}
          src={asset(`/images/${name}-${look}.png`)}
          width={width}
          height={height}
          loading="lazy"
          decoding="async"
          alt={alt}
        />
      ))}
    </>
  );
}
