import { type Entity, parseEntityRef, RELATION_OWNED_BY, stringifyEntityRef } from '@backstage/catalog-model';

/** Kinds whose entities own findings themselves. */
export const OWNING = ['component', 'resource', 'api'] as const;
/** Kinds that put together what others own. */
export const ROLLING_UP = ['group', 'user', 'system', 'domain'] as const;
/** Every kind that Callboard has something to say about. */
export const KINDS = [...OWNING, ...ROLLING_UP] as const;

/** Whether an entity of this kind puts together what others own. */
export function rollsUp(entityRef: string): boolean {
  return (ROLLING_UP as readonly string[]).includes(kindOf(entityRef));
}

function kindOf(entityRef: string): string {
  return parseEntityRef(entityRef).kind.toLocaleLowerCase('en-US');
}

/** Who owns an entity, as the portal's catalog tells it. */
export function ownersOf(entity: Entity): string[] {
  return (entity.relations ?? []).filter(each => each.type === RELATION_OWNED_BY).map(each => each.targetRef);
}

/** The query's term for what belongs to an entity, in the form in which the service prints it. */
export function scopeTerm(entityRef: string): string {
  const kind = kindOf(entityRef);
  const key = keyOf(kind);
  const usual = key === 'owner' ? 'group' : key;
  const ref = stringifyEntityRef(parseEntityRef(entityRef));
  const [, namespace, name] = /^[^:]*:([^/]*)\/(.*)$/.exec(ref) ?? [];
  const place = namespace === 'default' ? name : `${namespace}/${name}`;
  return `${key}:${kind === usual ? place : `${kind}:${place}`}`;
}

function keyOf(kind: string): string {
  if (kind === 'group' || kind === 'user') {
    return 'owner';
  }
  return kind === 'system' || kind === 'domain' ? kind : 'component';
}

/** What a list about an entity asks where nobody has asked otherwise. */
export function usualQuery(entityRef: string): string {
  return `${scopeTerm(entityRef)} is:open sort:do-now`;
}

/** Whether a query still holds a term, so that its list is about that alone. */
export function holds(query: string, term: string): boolean {
  return query.split(/\s+/).includes(term);
}
