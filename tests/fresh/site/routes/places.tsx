import { define } from "../define.ts";
import { Dot, Eager, Growing, Late, Rows } from "../islands/Growing.tsx";

/** Islands in places where a stray node would be seen. */
export default define.page(function Places() {
  return (
    <>
      <Growing id="one" />
      <Growing id="two" />
      <hr />
      <Late text="late" />
      <div>
        <Eager id="a" />
        <Eager id="b" />
      </div>
      <table>
        <tbody>
          <Rows labels={["a", "b"]} />
          <tr>
            <td>last</td>
          </tr>
        </tbody>
      </table>
      <svg viewBox="0 0 10 10" width="100" height="100">
        <Dot />
      </svg>
    </>
  );
});
