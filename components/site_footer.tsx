/**
 * The foot of the public pages.
 *
 * @module
 */
export function SiteFooter({ version }: { version: string }) {
  return (
    <footer class="site-foot">
      <div class="site-width small muted">
        <span>{`WatchLLM ${version}, Apache-2.0`}</span>
        <span>
          <a href="/docs">Docs</a> <a href="/v1/openapi.json">OpenAPI</a>
        </span>
      </div>
    </footer>
  );
}
