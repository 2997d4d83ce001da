//! Choosing the best instruction set of the machine at run time.

use pulp::{Arch, Simd, WithSimd};

/// Calls `run` compiled for the vector registers of this machine. What it calls must be `#[inline(always)]`.
///
/// It is `FnMut` for a reason: called by value, a closure that could be called again goes through a shim that is not inlined, and
/// all of it would be compiled for the oldest machine.
#[inline(always)]
pub(super) fn with_registers<R>(arch: Arch, run: impl FnMut() -> R) -> R {
    struct Call<F>(F);
    impl<R, F: FnMut() -> R> WithSimd for Call<F> {
        type Output = R;

        #[inline(always)]
        fn with_simd<S: Simd>(mut self, _: S) -> R {
            (self.0)()
        }
    }
    arch.dispatch(Call(run))
}
