/**
 * The mark: a dial with its hand at rest, and the name.
 *
 * @module
 */
export function Logo({ href }: { href: string }) {
  return (
    <a class="logo" href={href}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <path
          d="M4.1 15.9a8.3 8.3 0 1 1 11.8 0"
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          stroke-linecap="round"
        />
        <path
          d="M10 10.6l3.6-4.2"
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          stroke-linecap="round"
        />
        <circle cx="10" cy="10.8" r="2" fill="currentColor" />
      </svg>
      <span class="label">WatchLLM</span>
    </a>
  );
}
