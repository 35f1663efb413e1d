/**
 * Keeps which columns the requests' table shows.
 *
 * @module
 */
import { HttpError } from "fresh";
import { isSameOrigin } from "@/core/identity/origin.ts";
import {
  columns,
  columnsCookie,
  columnsMaxAgeSeconds,
  readColumns,
  writeColumns,
} from "@/components/requests/columns.ts";
import { readForm } from "../../(_http)/form.ts";
import { cookieOf } from "../../(_http)/frame.ts";
import { nextPath } from "../../(_http)/next_path.ts";
import { define } from "../../(_http)/state.ts";

export const handler = define.handlers({
  async POST(ctx) {
    if (!isSameOrigin(ctx.req)) throw new HttpError(403);
    const form = await readForm(ctx.req);
    const before = readColumns(cookieOf(ctx.req, columnsCookie));
    const chosen = columns.filter(({ id }) => form.has(id)).map((column) =>
      before.find(({ id }) => id === column.id) ?? column
    );
    const answer = ctx.redirect(nextPath(form.get("next"), "/dashboard/requests"), 303);
    const secure = ctx.url.protocol === "https:" ? "; Secure" : "";
    answer.headers.append(
      "set-cookie",
      `${columnsCookie}=${writeColumns(chosen)}; Path=/dashboard; ` +
        `Max-Age=${columnsMaxAgeSeconds}; SameSite=Lax${secure}`,
    );
    return answer;
  },
});
