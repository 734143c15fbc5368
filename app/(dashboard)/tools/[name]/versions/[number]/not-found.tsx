import { NothingHere } from "../../../../_components/nothing-here.tsx";

export default function NotFound() {
  return <NothingHere title="There is no such version here" href="/tools" words="See the tools" />;
}
