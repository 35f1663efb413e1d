/**
 * The choice of the range, in the viewer's own zone.
 *
 * @module
 */
export { RangeMenu } from "@/components/shell/range_menu.tsx";
