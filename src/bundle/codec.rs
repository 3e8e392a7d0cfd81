//! How a type of the model becomes a part of a JSON document, and back.

use super::{Bad, MAX_LIST};
use crate::model::{AdvisoryId, Ecosystem, Foreign as _, RepoPath, RuleId, ScannerId, Untrusted};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

/// A way to store values of one type: most types know their own, a text needs to be told which text
/// it is (see [`super::words`]).
pub trait Codec {
    /// What is stored.
    type Model;
    /// As what.
    type Form: Serialize + DeserializeOwned;

    /// The value as it is stored.
    fn store(model: &Self::Model) -> Self::Form;

    /// The value again.
    ///
    /// # Errors
    /// When the model has no such value.
    fn restore(form: Self::Form) -> Result<Self::Model, Bad>;

    /// True for a value that need not be written.
    fn is_absent(_: &Self::Form) -> bool {
        false
    }
}

/// Stores structs field by field. A struct is taken apart by name, so that this does not compile
/// when a field is forgotten.
macro_rules! record {
    ($($model:ident as $form:ident { $($field:ident: $codec:ty),* $(,)? })*) => {$(
        #[doc = concat!("[`", stringify!($model), "`] as it is stored.")]
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $form { $($field: <$codec as $crate::bundle::codec::Codec>::Form),* }

        impl serde::Serialize for $form {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct as _;
                // The number is a hint; only zero would be taken at its word.
                let mut out = serializer.serialize_struct(stringify!($form), 1)?;
                $(if !<$codec as $crate::bundle::codec::Codec>::is_absent(&self.$field) {
                    out.serialize_field(stringify!($field), &self.$field)?;
                })*
                out.end()
            }
        }

        impl $crate::bundle::codec::Codec for $model {
            type Model = Self;
            type Form = $form;

            fn store(model: &Self) -> $form {
                let Self { $($field),* } = model;
                $form { $($field: <$codec as $crate::bundle::codec::Codec>::store($field)),* }
            }

            fn restore(form: $form) -> Result<Self, $crate::bundle::Bad> {
                Ok(Self {
                    $($field: <$codec as $crate::bundle::codec::Codec>::restore(form.$field)?),*
                })
            }
        }
    )*};
}
pub(super) use record;

/// Stores enums without data by their word; every variant is named, or else it does not compile.
macro_rules! by_word {
    ($($model:ident { $($variant:ident),* $(,)? })*) => {$(
        impl $crate::bundle::codec::Codec for $model {
            type Model = Self;
            type Form = String;

            fn store(model: &Self) -> String {
                match model {
                    $(Self::$variant)|* => model.word().to_owned(),
                }
            }

            fn restore(form: String) -> Result<Self, $crate::bundle::Bad> {
                [$(Self::$variant),*]
                    .into_iter()
                    .find(|variant| variant.word() == form)
                    .ok_or_else(|| {
                        let text = concat!("there is no such ", stringify!($model));
                        $crate::bundle::Bad::new(text).detail(form)
                    })
            }
        }
    )*};
}
pub(super) use by_word;

/// Values that JSON knows, any of which will do.
macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Codec for $type {
            type Model = Self;
            type Form = Self;

            fn store(model: &Self) -> Self {
                *model
            }

            fn restore(form: Self) -> Result<Self, Bad> {
                Ok(form)
            }
        }
    )*};
}
plain!(bool, i32, u16, u32, u64, usize);

/// Values with a text and a constructor that refuses what has none.
macro_rules! checked {
    ($($type:ty, $what:literal, $store:expr, $parse:expr;)*) => {$(
        impl Codec for $type {
            type Model = Self;
            type Form = String;

            fn store(model: &Self) -> String {
                let text: fn(&Self) -> String = $store;
                text(model)
            }

            fn restore(form: String) -> Result<Self, Bad> {
                let parse: fn(&str) -> Option<Self> = $parse;
                // What the constructor would clean first was not written by lockgate.
                parse(&form)
                    .filter(|value| Self::store(value) == form)
                    .ok_or_else(|| Bad::new(concat!("this is no ", $what)).detail(form))
            }
        }
    )*};
}
checked! {
    AdvisoryId, "advisory", ToString::to_string, Self::new;
    Date, "day", ToString::to_string, |text| text.parse().ok();
    Ecosystem, "ecosystem", |ecosystem| ecosystem.as_str().to_owned(), |text| Some(Self::new(text));
    RepoPath, "path inside the repository", |path| path.raw().to_owned(), |text| Self::new(text).ok();
    RuleId, "name of a rule", |rule| rule.raw().to_owned(), |text| Some(Self::new(text));
    ScannerId, "name of a scanner", ToString::to_string, Self::new;
    Timestamp, "moment", ToString::to_string, |text| text.parse().ok();
}

impl Codec for Untrusted {
    type Model = Self;
    type Form = String;

    fn store(model: &Self) -> String {
        model.raw().to_owned()
    }

    fn restore(form: String) -> Result<Self, Bad> {
        Ok(form.into())
    }
}

impl<C: Codec> Codec for Option<C> {
    type Model = Option<C::Model>;
    type Form = Option<C::Form>;

    fn store(model: &Self::Model) -> Self::Form {
        model.as_ref().map(C::store)
    }

    fn restore(form: Self::Form) -> Result<Self::Model, Bad> {
        form.map(C::restore).transpose()
    }

    fn is_absent(form: &Self::Form) -> bool {
        form.is_none()
    }
}

impl<C: Codec> Codec for Box<C> {
    type Model = Box<C::Model>;
    type Form = Box<C::Form>;

    fn store(model: &Self::Model) -> Self::Form {
        Box::new(C::store(model))
    }

    fn restore(form: Self::Form) -> Result<Self::Model, Bad> {
        Ok(Box::new(C::restore(*form)?))
    }
}

fn bounded<T>(list: Vec<T>) -> Result<Vec<T>, Bad> {
    if list.len() > MAX_LIST {
        return Err(Bad::new(format!("a list has more than {MAX_LIST} members")));
    }
    Ok(list)
}

impl<C: Codec> Codec for Vec<C> {
    type Model = Vec<C::Model>;
    type Form = Vec<C::Form>;

    fn store(model: &Self::Model) -> Self::Form {
        model.iter().map(C::store).collect()
    }

    fn restore(form: Self::Form) -> Result<Self::Model, Bad> {
        bounded(form)?.into_iter().map(C::restore).collect()
    }
}

impl<C: Codec<Model: Ord>> Codec for BTreeSet<C> {
    type Model = BTreeSet<C::Model>;
    type Form = Vec<C::Form>;

    fn store(model: &Self::Model) -> Self::Form {
        model.iter().map(C::store).collect()
    }

    fn restore(form: Self::Form) -> Result<Self::Model, Bad> {
        bounded(form)?.into_iter().map(C::restore).collect()
    }
}

/// A list of pairs, because a key of a JSON object is always a text.
impl<K: Codec<Model: Ord>, V: Codec> Codec for BTreeMap<K, V> {
    type Model = BTreeMap<K::Model, V::Model>;
    type Form = Vec<(K::Form, V::Form)>;

    fn store(model: &Self::Model) -> Self::Form {
        let pairs = model.iter();
        pairs.map(|(k, v)| (K::store(k), V::store(v))).collect()
    }

    fn restore(form: Self::Form) -> Result<Self::Model, Bad> {
        bounded(form)?.into_iter().map(<(K, V)>::restore).collect()
    }
}

impl<A: Codec, B: Codec> Codec for (A, B) {
    type Model = (A::Model, B::Model);
    type Form = (A::Form, B::Form);

    fn store((a, b): &Self::Model) -> Self::Form {
        (A::store(a), B::store(b))
    }

    fn restore((a, b): Self::Form) -> Result<Self::Model, Bad> {
        Ok((A::restore(a)?, B::restore(b)?))
    }
}

impl<A: Codec, B: Codec, C: Codec> Codec for (A, B, C) {
    type Model = (A::Model, B::Model, C::Model);
    type Form = (A::Form, B::Form, C::Form);

    fn store((a, b, c): &Self::Model) -> Self::Form {
        (A::store(a), B::store(b), C::store(c))
    }

    fn restore((a, b, c): Self::Form) -> Result<Self::Model, Bad> {
        Ok((A::restore(a)?, B::restore(b)?, C::restore(c)?))
    }
}

impl<C: Codec> Codec for [C; 2] {
    type Model = [C::Model; 2];
    type Form = [C::Form; 2];

    fn store([a, b]: &Self::Model) -> Self::Form {
        [C::store(a), C::store(b)]
    }

    fn restore([a, b]: Self::Form) -> Result<Self::Model, Bad> {
        Ok([C::restore(a)?, C::restore(b)?])
    }
}
