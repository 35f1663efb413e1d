/**
 * Revives the copying buttons that have a word.
 *
 * @module
 */
export { CopyText } from "@/components/copy_text.tsx";
