//! A cluster that misbehaves in every way, for hours of held time: what the pipeline makes of it, cycle by cycle.
//!
//! Everything is the program's own but the clock: sources, watches, pipeline and store ask a simulated cluster over loopback.
//! Time is held and moves when the [`rig`] says so, so that an hour takes a second and the deadline of a kubelet that says
//! nothing comes after all others have answered, on however slow a machine. What a kubelet measures is a function of the
//! second, so every value of every cycle is known: [`truth`].

#[cfg(test)]
mod api;
#[cfg(test)]
mod churn;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod cycle;
#[cfg(test)]
mod kubelets;
#[cfg(test)]
mod log;
#[cfg(test)]
mod meter;
#[cfg(test)]
mod mixed;
#[cfg(test)]
mod rig;
#[cfg(test)]
mod truth;
