/**
 * What a reader gets instead of a page. Names the request, and nothing of what went wrong inside.
 *
 * @module
 */
import { HttpError } from "fresh";
import { Head } from "fresh/runtime";
import { Logo } from "@/components/logo.tsx";
import { define } from "./(_http)/state.ts";

interface Words {
  readonly title: string;
  readonly text: string;
}

function words(status: number, url: URL): Words {
  if (status === 404) {
    return { title: "Nothing is here", text: `No page has the address ${url.pathname}.` };
  }
  if (status >= 500) {
    return {
      title: "Something failed here",
      text: "The page could not be made. Calls through the gateway and their log are not affected.",
    };
  }
  return { title: "This did not work", text: "The request was refused. Go back and try again." };
}

export default define.page(({ error, state, url }) => {
  const status = error instanceof HttpError ? error.status : 500;
  const { title, text } = words(status, url);
  // The state is empty when the request failed before it was filled.
  const requestId: string | undefined = state.requestId;
  return (
    <>
      <Head>
        <title>{`${title} · WatchLLM`}</title>
      </Head>
      <main class="alone">
        <Logo href="/" />
        <div class="card">
          <p class="muted num">{status}</p>
          <h1>{title}</h1>
          <p class="break">{text}</p>
          {requestId && (
            <p class="small muted">
              Request <code>{requestId}</code>
            </p>
          )}
          <p class="actions">
            {status >= 500 && (
              <a class="button primary" href={url.pathname + url.search}>Try again</a>
            )}
            <a class="button" href="/dashboard">Dashboard</a>
            <a class="button" href="/">Start page</a>
          </p>
        </div>
      </main>
    </>
  );
});
