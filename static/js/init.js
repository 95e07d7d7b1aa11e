// Starts the design system's components: counts, error summaries, the menu on small screens.
import { initAll } from "../vendor/govuk/govuk-frontend.min.js";

initAll();
