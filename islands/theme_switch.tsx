/**
 * Revives the choice of the look in the browser; without script it is a form.
 *
 * @module
 */
export { ThemeSwitch } from "@/components/theme_switch.tsx";
