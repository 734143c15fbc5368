import { Badge } from "#app/_ui/badge.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "#app/_ui/card.tsx";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "#app/_ui/table.tsx";
import type { SecretRow } from "#lib/queries/secrets.ts";
import { DeleteSecretButton, SecretForm } from "./secret-form.tsx";

/** Secrets of tools: which there are, where they come from, who declares them; and a form to set one. */
export function Secrets({ secrets }: { secrets: readonly SecretRow[] }) {
  return (
    <Card id="secrets">
      <CardHeader>
        <CardTitle>Secrets of tools</CardTitle>
        <CardDescription>Sent to the hosts that a tool declares, and shown to nobody</CardDescription>
      </CardHeader>
      {secrets.length > 0 && (
        <Table label="Secrets of tools">
          <TableHeader>
            <TableRow>
              <TableHead>Name</TableHead>
              <TableHead>From</TableHead>
              <TableHead>Declared by</TableHead>
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {secrets.map(({ name, source, tools }) => (
              <TableRow key={name}>
                <TableCell className="font-medium font-mono text-xs">{name}</TableCell>
                <TableCell>
                  <Badge tone={source === "missing" ? "warning" : "neutral"}>{source}</Badge>
                </TableCell>
                <TableCell className="text-muted-foreground">{tools.join(", ") || "no tool"}</TableCell>
                <TableCell className="text-right">
                  {source === "settings" && <DeleteSecretButton name={name} />}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      <CardContent className={secrets.length > 0 ? "border-t" : ""}>
        <SecretForm />
      </CardContent>
    </Card>
  );
}
