package bolt

import "context"

// Await implements store.Store: Configure has indexed every channel when it
// returns.
func (s *Store) Await(ctx context.Context) error {
	if err := s.open(); err != nil {
		return err
	}
	return ctx.Err()
}
