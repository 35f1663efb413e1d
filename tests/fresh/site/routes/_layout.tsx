import { define } from "../define.ts";

export default define.layout(function RootLayout({ Component }) {
  return (
    <main class="root-layout">
      <Component />
    </main>
  );
});
