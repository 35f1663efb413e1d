import { define } from "../../define.ts";

export default define.layout(function GroupLayout({ Component }) {
  return (
    <div class="group-layout">
      <Component />
    </div>
  );
});
