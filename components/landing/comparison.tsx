/**
 * How it stands beside others, where it is behind them too.
 *
 * @module
 */
const columns = ["WatchLLM", "Langfuse", "LiteLLM", "Portkey gateway"] as const;

type Row = readonly [string, string, string, string, string];

const rows: readonly Row[] = [
  ["Stands in the call's path", "Yes", "No, SDKs report to it", "Yes", "Yes"],
  ["Containers to run yourself", "None", "6", "2 to 3", "1"],
  [
    "A call is acknowledged",
    "After its record is on disk",
    "After object storage has it",
    "Before: records queue in memory",
    "Before: the open part keeps no log",
  ],
  ["A price that is not known", "Shown as unknown", "Left empty", "$0", "$0"],
  ["Fallbacks and load balancing", "Yes", "No", "Yes", "Yes"],
  ["Exact cache, streams included", "Yes", "No", "Yes", "Yes"],
  [
    "Semantic cache",
    "Yes, once it has measured itself",
    "No",
    "Yes, at a fixed threshold",
    "Paid edition, at a fixed threshold",
  ],
  ["Traces by OpenTelemetry", "Yes", "Yes", "No", "Hosted only"],
  ["Prompts, datasets, evaluations", "No", "Yes", "Partly", "Hosted only"],
  ["Licence", "Apache-2.0", "MIT, parts commercial", "MIT, parts commercial", "MIT"],
];

export function Comparison() {
  return (
    <section class="site-width section" aria-labelledby="comparison-title">
      <h2 id="comparison-title">Beside others</h2>
      <p class="muted measure">
        Read in the projects' own sources and documentation in August 2026. If you need prompts,
        datasets and evaluations, one of the others serves you better today.
      </p>
      <div class="scroll comparison" role="region" aria-labelledby="comparison-title" tabindex={0}>
        <table>
          <thead>
            <tr>
              <td></td>
              {columns.map((name) => <th key={name} scope="col">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map(([what, ...answers]) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                {answers.map((answer, index) => <td key={columns[index]}>{answer}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
