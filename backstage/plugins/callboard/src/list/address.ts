/** What a list shows, as its address holds it. */
export interface ListState {
  query: string;
  /** Pieces of work, or findings one by one. */
  view: 'work' | 'findings';
  /** The finding that is open beside the list. */
  finding?: number;
}

/** A list's address under `path`. */
export function listAddress(path: string, state: Partial<ListState>): string {
  const told = toParameters(state).toString();
  return told ? `${path}?${told}` : path;
}

/** The parameters that stand for a state; the usual view and no finding are left out. */
export function toParameters(state: Partial<ListState>): URLSearchParams {
  const found = new URLSearchParams();
  if (state.query !== undefined) {
    found.set('q', state.query);
  }
  if (state.view === 'findings') {
    found.set('view', 'findings');
  }
  if (state.finding !== undefined) {
    found.set('finding', String(state.finding));
  }
  return found;
}

/** The state that parameters stand for. What is no number names no finding. */
export function fromParameters(parameters: URLSearchParams, usual: string): ListState {
  const finding = parameters.get('finding');
  return {
    query: parameters.get('q') ?? usual,
    view: parameters.get('view') === 'findings' ? 'findings' : 'work',
    finding: finding && /^[1-9]\d{0,15}$/.test(finding) ? Number(finding) : undefined,
  };
}
