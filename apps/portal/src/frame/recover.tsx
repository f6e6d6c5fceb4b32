import { Component, type ReactNode } from 'react';
import { FailedScreen } from './screens';

/**
 * Where a part of the page cannot be shown, says so and offers to load the page anew, rather than leaving it empty. It
 * happens when a new version was put up while the page was open: parts that it has yet to fetch are gone.
 */
export class Recover extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <FailedScreen onRetry={() => location.reload()} /> : this.props.children;
  }
}
