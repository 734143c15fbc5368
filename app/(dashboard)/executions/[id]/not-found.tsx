import { NothingHere } from "../../_components/nothing-here.tsx";

export default function NotFound() {
  return <NothingHere title="There is no such call here" href="/executions" words="See the executions" />;
}
