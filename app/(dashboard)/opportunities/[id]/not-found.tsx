import { NothingHere } from "../../_components/nothing-here.tsx";

export default function NotFound() {
  return <NothingHere title="There is no such opportunity here" href="/opportunities" words="See the opportunities" />;
}
