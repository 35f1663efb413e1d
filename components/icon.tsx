/**
 * The icons, drawn on a 16 px grid in the text's colour. Each stands beside a word or has one for
 * screen readers; alone it says nothing.
 *
 * @module
 */
const paths = {
  overview: "M2.5 9.5v4M6.2 6.5v7M9.8 8.5v5M13.5 2.5v11",
  spend:
    "M8 2.2v11.6M11 4.8C10.4 3.9 9.3 3.5 8 3.5c-1.7 0-3 .8-3 2.2 0 3 6.2 1.5 6.2 4.5 0 1.5-1.4 2.3-3.2 2.3-1.5 0-2.8-.6-3.4-1.7",
  cache: "M8 2.5L14 5.5 8 8.5 2 5.5zM2 8.3l6 3 6-3M2 11l6 3 6-3",
  requests: "M2.5 4h11M2.5 8h11M2.5 12h7",
  traces: "M2.5 3.5h6M5 8h6M8 12.5h5.5",
  sessions: "M2.5 3.5h11v7h-6L4.5 13v-2.5h-2z",
  users:
    "M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM1.8 13.2c.3-2.4 2-3.8 4.2-3.8s3.9 1.4 4.2 3.8M10.6 7.2a2 2 0 1 0-.6-3.9M11.6 9.6c1.5.4 2.4 1.6 2.6 3.4",
  models: "M8 2l5.2 3v6L8 14l-5.2-3V5zM2.8 5L8 8l5.2-3M8 8v6",
  settings:
    "M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6M8.5 4.5a1.75 1.75 0 1 0 3.5 0 1.75 1.75 0 0 0-3.5 0zM4 11.5a1.75 1.75 0 1 0 3.5 0 1.75 1.75 0 0 0-3.5 0z",
  check: "M3 8.5l3.2 3.2L13 4.8",
  wait: "M8 4.5V8l2.4 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z",
  warning: "M8 6v3.2M8 11.6v.1M8 2.2L14.4 13.4H1.6z",
  error: "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z",
  info: "M8 7.4v3.8M8 4.9v.1M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z",
  copy:
    "M6 6V3.5A1 1 0 0 1 7 2.5h5.5a1 1 0 0 1 1 1V9a1 1 0 0 1-1 1H10M3.5 6H9a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1z",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  close: "M4 4l8 8M12 4l-8 8",
  updown: "M5 6.2L8 3.2l3 3M5 9.8l3 3 3-3",
  down: "M4.5 6.2L8 9.8l3.5-3.6",
  right: "M6.2 4.5L9.8 8l-3.6 3.5",
  left: "M9.8 4.5L6.2 8l3.6 3.5",
  docs: "M4 2.5h6.2l2.3 2.3v8.7H4zM6.2 8h4M6.2 10.6h4",
  leave: "M6.5 13.5h-4v-11h4M10 11l3-3-3-3M13 8H6",
  system: "M2.5 3.5h11v7.5h-11zM6 13.5h4",
  light:
    "M8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M12.4 3.6l-1 1M4.6 11.4l-1 1M10.6 8a2.6 2.6 0 1 1-5.2 0 2.6 2.6 0 0 1 5.2 0z",
  dark: "M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7z",
  arrow: "M3 8h10M9 4l4 4-4 4",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4l3.4 3.4",
  calendar: "M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.2v3M10.5 2.2v3",
  compare: "M5 3L2.5 5.5 5 8M2.5 5.5h9M11 8l2.5 2.5L11 13M13.5 10.5h-9",
  sidebar: "M2.5 3h11v10h-11zM6.2 3v10",
  download: "M8 2.5v7.5M4.8 7L8 10.2 11.2 7M2.8 13.2h10.4",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  save: "M4 2.5h8v11L8 10.8 4 13.5z",
  plus: "M8 3v10M3 8h10",
  trash: "M3 4.5h10M6.2 4.5V3h3.6v1.5M4.4 4.5l.6 9h6l.6-9",
  share:
    "M6.8 9.2a2.6 2.6 0 0 0 3.9.3l2-2A2.7 2.7 0 0 0 8.9 3.7L8 4.6M9.2 6.8a2.6 2.6 0 0 0-3.9-.3l-2 2a2.7 2.7 0 0 0 3.8 3.8l.9-.9",
  replay: "M4.5 3l8 5-8 5z",
  tool:
    "M9.6 4.2a3 3 0 0 1 4-1l-2 2 .4 1.4 1.4.4 2-2a3 3 0 0 1-3.8 3.8L6 14.4a1.6 1.6 0 0 1-2.4-2.4l5.6-5.6a3 3 0 0 1 .4-2.2z",
  key: "M9.5 9.2a3.4 3.4 0 1 0-2.7-2.7L2.5 10.8v2.7h2.7v-1.7h1.7v-1.6z",
  refresh: "M13.2 6.5A5.4 5.4 0 0 0 3 6M2.8 9.5a5.4 5.4 0 0 0 10.2.5M3 2.8V6h3.2M13 13.2V10H9.8",
  external: "M6.5 3.5h-3v9h9v-3M9.5 2.8h3.7v3.7M13 3L7.5 8.5",
  more: "M3.5 8h.1M8 8h.1M12.5 8h.1",
  thought:
    "M8 2.5c3 0 5.2 1.9 5.2 4.4S11 11.3 8 11.3c-.6 0-1.2-.1-1.7-.2L3.4 12.6l.6-2.5C3 9.300 2.800 8.200 2.800 6.900 2.800 4.400 5 2.500 8 2.500zM5.800 7h.1M8 7h.1M10.200 7h.1",
  image: "M2.5 3h11v10h-11zM2.5 11l3.2-3.2 2.600 2.600 2-2 3.200 3.200M10.500 6h.1",
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
