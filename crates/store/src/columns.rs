//! A struct as JSON, with some of its fields in columns of their own.

use serde::ser::{Error as _, Impossible, Serialize, SerializeStruct, Serializer};
use serde_json::Error;

/// Writes a struct as JSON in one pass: the fields named in `apart` each by itself, in that order, and one object with the others.
///
/// # Errors
/// If it is not a struct, or one of its fields cannot be written as JSON.
pub(crate) fn split<const N: usize>(value: &impl Serialize, apart: [&'static str; N]) -> Result<([String; N], String), Error> {
    value.serialize(Splitter { apart, parts: [const { String::new() }; N], rest: String::from("{") })
}

/// Takes a struct apart.
struct Splitter<const N: usize> {
    apart: [&'static str; N],
    parts: [String; N],
    rest: String,
}

impl<const N: usize> SerializeStruct for Splitter<N> {
    type Ok = ([String; N], String);
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        let json = serde_json::to_string(value)?;
        match self.apart.iter().position(|apart| *apart == key) {
            Some(at) => self.parts[at] = json,
            None => {
                if self.rest.len() > 1 {
                    self.rest.push(',');
                }
                // Names of fields of our own types need no escapes.
                self.rest.extend(["\"", key, "\":", &json]);
            }
        }
        Ok(())
    }

    fn end(mut self) -> Result<Self::Ok, Error> {
        self.rest.push('}');
        Ok((self.parts, self.rest))
    }
}

/// Everything but a struct is a mistake of the caller.
macro_rules! only_structs {
    ($($method:ident($($argument:ty),*))*) => {$(
        fn $method(self $(, _: $argument)*) -> Result<Self::Ok, Error> {
            Err(not_a_struct())
        }
    )*};
}

impl<const N: usize> Serializer for Splitter<N> {
    type Ok = ([String; N], String);
    type Error = Error;
    type SerializeSeq = Impossible<Self::Ok, Error>;
    type SerializeTuple = Impossible<Self::Ok, Error>;
    type SerializeTupleStruct = Impossible<Self::Ok, Error>;
    type SerializeTupleVariant = Impossible<Self::Ok, Error>;
    type SerializeMap = Impossible<Self::Ok, Error>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Impossible<Self::Ok, Error>;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Error> {
        Ok(self)
    }

    only_structs! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_f32(f32) serialize_f64(f64)
        serialize_char(char) serialize_str(&str) serialize_bytes(&[u8]) serialize_none() serialize_unit()
        serialize_unit_struct(&'static str) serialize_unit_variant(&'static str, u32, &'static str)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<Self::Ok, Error> {
        Err(not_a_struct())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<Self::Ok, Error> {
        Err(not_a_struct())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, _: &T) -> Result<Self::Ok, Error> {
        Err(not_a_struct())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        Err(not_a_struct())
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(not_a_struct())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(not_a_struct())
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeTupleVariant, Error> {
        Err(not_a_struct())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Err(not_a_struct())
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeStructVariant, Error> {
        Err(not_a_struct())
    }
}

fn not_a_struct() -> Error {
    Error::custom("only a struct has fields to put into columns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Serialize)]
    struct Sample {
        first: u8,
        apart: Vec<&'static str>,
        second: Option<&'static str>,
        missing: Option<u8>,
    }

    #[test]
    fn fields_are_put_apart_and_the_rest_stays_together() {
        let sample = Sample { first: 1, apart: vec!["a\"b"], second: Some("x"), missing: None };
        let ([missing, apart], rest) = split(&sample, ["missing", "apart"]).unwrap();
        assert_eq!((missing.as_str(), apart.as_str(), rest.as_str()), ("null", r#"["a\"b"]"#, r#"{"first":1,"second":"x"}"#));
        let ([], whole) = split(&sample, []).unwrap();
        assert_eq!(whole, serde_json::to_string(&sample).unwrap());
        assert!(split(&[1, 2], ["a"]).is_err());
    }
}
