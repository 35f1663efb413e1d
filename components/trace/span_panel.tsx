/**
 * One span beside the tree: what went in, what came out, its attributes.
 *
 * @module
 */
import type { TraceRow } from "@/core/analytics/trace_rows.ts";
import type { SpanDetail } from "@/core/analytics/trace_types.ts";
import type { Read } from "../data/read.ts";
import { formatDuration } from "../format.ts";
import { PanelRead, usePanelRead } from "../panel_read.tsx";
import { SidePanel } from "../side_panel.tsx";
import { VisibleText } from "../visible_text.tsx";
import { formatInstant, type Zone } from "../zone.ts";

interface SpanPanelProps {
  readonly row: TraceRow;
  readonly zone: Zone;
  readonly close: () => void;
  readonly load: (signal: AbortSignal) => Promise<Read<SpanDetail>>;
}

export function SpanPanel({ row, zone, close, load }: SpanPanelProps) {
  const [got, retry] = usePanelRead(row.event_id, load, { keeps: false });
  return (
    <SidePanel
      title={<VisibleText text={row.name || "unnamed"} most={200} />}
      label="Span"
      close={close}
    >
      <PanelRead got={got} retry={retry} what="the span" zone={zone}>
        {(span) => <SpanFacts span={span} zone={zone} />}
      </PanelRead>
    </SidePanel>
  );
}

function SpanFacts({ span, zone }: { span: SpanDetail; zone: Zone }) {
  const facts: readonly (readonly [string, string | null])[] = [
    ["Kind", span.kind],
    ["Began", formatInstant(span.start, zone)],
    ["Took", span.duration_ms === null ? "not ended" : formatDuration(span.duration_ms)],
    ["Tool", span.tool?.name ?? null],
    ["Service", span.service],
    ["Recorded by", span.scope ?? span.source],
    ["Environment", span.environment],
    ["Release", span.release],
    ["Tags", span.tags.join(", ") || null],
  ];
  return (
    <div class="span-facts">
      {span.status === "error" && (
        <p class="notice error">
          <span>
            <strong>It failed.</strong> <VisibleText text={span.status_message ?? ""} />
          </span>
        </p>
      )}
      <dl class="pairs small">
        {facts.filter(([, value]) => value).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <VisibleText text={value ?? ""} />
            </dd>
          </div>
        ))}
      </dl>
      <Value title="Input" value={span.input} />
      <Value title="Output" value={span.output} />
      {Object.keys(span.attributes).length > 0 && (
        <section>
          <h3>Attributes</h3>
          <dl class="pairs small mono">
            {Object.entries(span.attributes).map(([name, value]) => (
              <div key={name}>
                <dt>
                  <VisibleText text={name} most={120} />
                  {span.unmapped.includes(name) && (
                    <span
                      class="tag"
                      title="No mapping knows this attribute; it is kept as it came"
                    >
                      unmapped
                    </span>
                  )}
                </dt>
                <dd>
                  <VisibleText text={value} most={2_000} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </div>
  );
}

function Value({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <section>
      <h3>{title}</h3>
      <pre class="code-text"><VisibleText text={text} most={20_000} /></pre>
    </section>
  );
}
