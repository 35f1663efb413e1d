/**
 * The landing page: what it is, how to begin, what it does, how it works, what it promises and lacks.
 *
 * @module
 */
import { Head } from "fresh/runtime";
import { Comparison } from "@/components/landing/comparison.tsx";
import { Features } from "@/components/landing/features.tsx";
import { Hero } from "@/components/landing/hero.tsx";
import { How } from "@/components/landing/how.tsx";
import { DashboardPicture } from "@/components/landing/picture.tsx";
import { Promises } from "@/components/landing/promises.tsx";
import { Start } from "@/components/landing/start.tsx";
import { SiteFooter } from "@/components/site_footer.tsx";
import { SiteHeader } from "@/components/site_header.tsx";
import { define } from "./(_http)/state.ts";

const summary =
  "WatchLLM stands between an application and its LLM providers: calls pass unchanged, are priced exactly, and none is lost.";

export default define.page(({ state, url }) => {
  const signedIn = state.session !== null;
  return (
    <>
      <Head>
        <title>WatchLLM: know what every LLM call costs</title>
        <meta name="description" content={summary} />
      </Head>
      <div class="site">
        <SiteHeader url={url} theme={state.theme} signedIn={signedIn} />
        <main id="content">
          <Hero signedIn={signedIn} />
          <DashboardPicture />
          <Start origin={url.origin} />
          <Features />
          <How />
          <Promises />
          <Comparison />
        </main>
        <SiteFooter version={state.services.version} />
      </div>
    </>
  );
});
