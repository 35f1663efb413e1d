/**
 * Revives the copying of ids.
 *
 * @module
 */
export { IdText } from "@/components/id_text.tsx";
