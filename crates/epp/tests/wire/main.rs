//! The wire half of this room, judged from outside: by the schemas, by the frames of others, by its laws, and by people's eyes.

#[cfg(test)]
#[cfg(test)]
mod golden;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod robustness;
#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod strictness;
#[cfg(test)]
mod tolerance;
#[cfg(test)]
mod unhandled;
#[cfg(test)]
mod xml_limits;
