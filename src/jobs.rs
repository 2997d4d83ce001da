//! Large jobs, such as trainings, one a thread.
//!
//! Each thread of the current rayon pool takes the next job when it is done with one; what a job does in parallel is shared
//! with the threads that have no job left. So never more jobs are under way than there are threads, which bounds memory, and
//! never more threads run than the pool has. Items of a parallel iterator would not do: a thread that waits within one of them
//! may begin another.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::error::Result;

/// Tells a caller what jobs do, from several threads at once, until it breaks.
pub struct Watcher<'a, E> {
    watch: &'a (dyn Fn(&E) -> ControlFlow<()> + Sync),
    is_stopped: AtomicBool,
}

impl<'a, E> Watcher<'a, E> {
    /// Passes events on to `watch`.
    pub fn new(watch: &'a (dyn Fn(&E) -> ControlFlow<()> + Sync)) -> Self {
        Self {
            watch,
            is_stopped: AtomicBool::new(false),
        }
    }

    /// Passes an event on; break for all events after the first break.
    pub fn tell(&self, event: &E) -> ControlFlow<()> {
        if (self.watch)(event).is_break() {
            self.is_stopped.store(true, Ordering::Relaxed);
        }
        if self.is_stopped() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Whether the caller has asked for the end.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }
}

/// Runs jobs 0 to `n_jobs`, beginning them in order, and gives what they return in that order.
///
/// # Errors
/// The first of those that jobs return, in their order: the same for any number of threads. A failure lets the jobs that are
/// under way come to their own end, and starts no more.
pub fn run_all<T: Send>(n_jobs: usize, run: impl Fn(usize) -> Result<T> + Sync) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let has_failed = AtomicBool::new(false);
    let done = rayon::broadcast(|_| {
        let mut done = Vec::new();
        while !has_failed.load(Ordering::Relaxed) {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= n_jobs {
                break;
            }
            let outcome = run(job);
            if outcome.is_err() {
                has_failed.store(true, Ordering::Relaxed);
            }
            done.push((job, outcome));
        }
        done
    });
    let mut done: Vec<_> = done.into_iter().flatten().collect();
    done.sort_by_key(|(job, _)| *job);
    // Jobs begin in order, so the first that failed has run whatever the others did.
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use rayon::prelude::*;

    fn pool(threads: usize) -> rayon::ThreadPool {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
        builder.build().expect("a pool")
    }

    #[test]
    fn outcomes_come_in_the_order_of_jobs_and_no_more_jobs_run_than_threads() {
        for threads in [1, 3] {
            let (live, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let run = |job: usize| {
                most.fetch_max(live.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // Parallel work within a job, which a waiting thread must not turn into a second job.
                let sum: usize = (0..2000).into_par_iter().map(|i| i % (job + 1)).sum();
                live.fetch_sub(1, Ordering::SeqCst);
                Ok((job, sum))
            };
            let outcomes = pool(threads).install(|| run_all(40, run)).expect("runs");
            assert!(outcomes.iter().map(|o| o.0).eq(0..40), "{outcomes:?}");
            let most = most.into_inner();
            assert!(most <= threads, "{most} jobs at once in {threads} threads");
        }
    }

    #[test]
    fn the_first_failure_is_told_and_ends_the_run() {
        for threads in [1, 2, 4] {
            let begun = AtomicUsize::new(0);
            let run = |job: usize| {
                begun.fetch_add(1, Ordering::SeqCst);
                let is_bad = job == 5 || job == 7;
                (!is_bad)
                    .then_some(())
                    .ok_or(Error::new(format!("job {job}")))
            };
            let error = pool(threads)
                .install(|| run_all(1000, run))
                .expect_err("fails");
            assert_eq!(error.to_string(), "job 5");
            assert!(begun.into_inner() < 1000, "no job begins after a failure");
        }
    }
}
