/** Who may import whom, as data for dependency-cruiser. Tests may reach further than what they test. */
import type { IRegularForbiddenRuleType } from "dependency-cruiser";

const TESTS = String.raw`\.(test|fixture)\.tsx?$`;
const ROOMS = "^lib/pipeline/([0-9]-[a-z]+)/";

function rule(
  name: string,
  comment: string,
  from: IRegularForbiddenRuleType["from"],
  to: IRegularForbiddenRuleType["to"],
): IRegularForbiddenRuleType {
  return { name, comment, severity: "error", from, to };
}

export const IMPORT_RULES: IRegularForbiddenRuleType[] = [
  rule(
    "no-circles",
    "a circle has no first room",
    { pathNot: TESTS },
    { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  ),
  rule(
    "core-is-pure",
    "the core imports nothing of the house",
    { path: "^lib/core/", pathNot: TESTS },
    { path: "^(app|lib/(?!core/|contract/))" },
  ),
  rule(
    "core-does-no-io",
    "no files, network, processes or timers in the core",
    { path: "^lib/core/", pathNot: TESTS },
    { dependencyTypes: ["core"], path: "^(node:)?(fs|net|http|https|child_process|worker_threads|timers|os|dns)" },
  ),
  rule(
    "contract-is-alone",
    "guests import it: nothing else may come along",
    { path: "^lib/contract/", pathNot: TESTS },
    { path: "^(app|lib/(?!contract/)|node_modules)" },
  ),
  rule("ports-are-types", "ports know the core only", { path: "^lib/ports/" }, { path: "^(app|lib/(?!core/|ports/))" }),
  rule(
    "rooms-stay-apart",
    "a room uses another's types, never its code",
    { path: ROOMS, pathNot: TESTS },
    { path: ROOMS, pathNot: "^lib/pipeline/$1/", dependencyTypesNot: ["type-only"] },
  ),
  rule(
    "rooms-use-ports",
    "a room uses core, ports, registry and the corridor's own files",
    { path: ROOMS, pathNot: TESTS },
    { path: "^(app|lib/(adapters|commands|queries|doors|jobs|main|testing)/)" },
  ),
  rule(
    "registry-uses-ports",
    "the registry uses core and ports",
    { path: "^lib/registry/", pathNot: TESTS },
    { path: "^(app|lib/(?!core/|ports/|registry/))" },
  ),
  rule(
    "adapters-stay-apart",
    "adapters never know each other",
    { path: "^lib/adapters/([^/]+)/", pathNot: TESTS },
    { path: "^lib/adapters/", pathNot: "^lib/adapters/$1/" },
  ),
  rule(
    "adapters-know-ports",
    "adapters know ports and core",
    { path: "^lib/adapters/", pathNot: TESTS },
    { path: "^(app|lib/(?!adapters/|core/|ports/|contract/|main/install))" },
  ),
  rule(
    "commands-use-the-corridor",
    "commands and queries know no door and no adapter",
    { path: "^lib/(commands|queries)/", pathNot: TESTS },
    { path: "^(app|lib/(adapters|doors|jobs|main|testing)/)" },
  ),
  rule(
    "doors-carry-commands",
    "doors know commands, queries and core",
    { path: "^lib/doors/", pathNot: TESTS },
    { path: "^(app|lib/(adapters|testing)/)" },
  ),
  rule(
    "pages-ask-commands",
    "pages know commands, queries, core and what the server left for them",
    { path: "^app/", pathNot: TESTS },
    { path: "^lib/(adapters|registry|jobs|testing|pipeline/[0-9])", dependencyTypesNot: ["type-only"] },
  ),
  rule(
    "rank-orders-only",
    "the score of candidates orders a search and is shown nowhere",
    { path: "^(app|lib)/", pathNot: [TESTS, "^lib/core/verdict", "^lib/pipeline/4-test/"] },
    { path: "^lib/core/correctness-rank" },
  ),
  rule("guests-stay-outside", "tools are data that the product works on", { pathNot: "^tools/" }, { path: "^tools/" }),
];
