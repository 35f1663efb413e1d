import { HttpError } from "fresh";
import { define } from "../define.ts";

export default define.page(function ErrorPage({ error }) {
  const status = error instanceof HttpError ? error.status : 500;
  return <h1 class="error">Error {status}</h1>;
});
