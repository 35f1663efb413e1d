/**
 * The icons, drawn on a 16 px grid in the text's colour. Each stands beside a word or has one for
 * screen readers; alone it says nothing.
 *
 * @module
 */
const paths = {
  overview: "M2.5 9.5v4M6.2 6.5v7M9.8 8.5v5M13.5 2.5v11",
  check: "M3 8.5l3.2 3.2L13 4.8",
  wait: "M8 4.5V8l2.4 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z",
  warning: "M8 6v3.2M8 11.6v.1M8 2.2L14.4 13.4H1.6z",
  error: "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z",
  copy:
    "M6 6V3.5A1 1 0 0 1 7 2.5h5.5a1 1 0 0 1 1 1V9a1 1 0 0 1-1 1H10M3.5 6H9a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1z",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  close: "M4 4l8 8M12 4l-8 8",
  updown: "M5 6.2L8 3.2l3 3M5 9.8l3 3 3-3",
  docs: "M4 2.5h6.2l2.3 2.3v8.7H4zM6.2 8h4M6.2 10.6h4",
  leave: "M6.5 13.5h-4v-11h4M10 11l3-3-3-3M13 8H6",
  system: "M2.5 3.5h11v7.5h-11zM6 13.5h4",
  light:
    "M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1M10.6 8a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0z",
  dark: "M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7z",
  arrow: "M3 8h10M9 4l4 4-4 4",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
