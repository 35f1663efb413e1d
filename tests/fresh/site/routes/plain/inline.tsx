import { define } from "../../define.ts";

export default define.page(function Inline() {
  return (
    <>
      <style>{".inline { color: green }"}</style>
      {/* deno-lint-ignore react-no-danger -- the nonce of an inline script is what is tested */}
      <script dangerouslySetInnerHTML={{ __html: "document.title = 'set inline'" }} />
    </>
  );
});
