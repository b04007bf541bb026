import { fail } from '../../core/error.ts';

const MOST = 3;

/** Who is reading much at this moment: exports and checks of the audit, in this process. */
const running = new Set<string>();

/**
 * Long readings are few at a time: one an operator and three in all, because each takes its share of the processor from
 * everybody else. Refuses `export.running` and `export.too_many`; give the turn back when it is over.
 */
export function takeTurn(operatorId: string): () => void {
  if (running.has(operatorId)) fail('export.running');
  if (running.size >= MOST) fail('export.too_many', { most: MOST });
  running.add(operatorId);
  return () => {
    running.delete(operatorId);
  };
}
