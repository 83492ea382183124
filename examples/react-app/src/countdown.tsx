import { type ReactElement, useEffect, useState } from 'react';

/** The time that is left, each second. Silent: nobody wants to hear every one of them. */
export function Countdown({ until }: { until: number | null }): ReactElement {
  const now = useNow();
  if (until === null) return <span>none</span>;
  const left = Math.max(0, Math.floor((until - now) / 1000));
  if (left === 0) return <span className="time">expired</span>;
  return (
    <span className="time" role="timer">
      {Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}
    </span>
  );
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
