//! How one layout, constant or function becomes a line.

use std::ffi::c_void;

/// `NAME size align`, then `NAME.field offset size` for each field. `as` gives a layout or a field
/// the name that C or the Java code has for it where the metadata have another.
#[macro_export]
macro_rules! layout {
    ($type:ident $body:tt) => { layout!($type as $type $body); };
    ($type:ident as $name:ident { $($($part:ident).+ $(as $alias:ident)?),+ $(,)? }) => {
        let name = stringify!($name);
        println!("{name} {} {}", std::mem::size_of::<$type>(), std::mem::align_of::<$type>());
        $({
            let value = std::mem::MaybeUninit::<$type>::uninit();
            let start = value.as_ptr();
            let part = unsafe { std::ptr::addr_of!((*start).$($part).+) };
            let names = [$(stringify!($part),)+ $(stringify!($alias))?];
            let offset = part as usize - start as usize;
            println!("{name}.{} {offset} {}", names[names.len() - 1], $crate::lines::size_at(part));
        })+
    };
}

pub fn size_at<T>(_: *const T) -> usize {
    std::mem::size_of::<T>()
}

/// `NAME value` for each, the value as a Java literal.
#[macro_export]
macro_rules! constants {
    ($($name:ident),+ $(,)?) => {
        $(println!("{} {}", stringify!($name), $crate::lines::Literal::literal(&$name));)+
    };
}

/// A value as a Java literal of its own width, without a sign.
pub trait Literal {
    fn literal(&self) -> String;
}

fn number(value: u64, suffix: &str) -> String {
    if value < 0x10000 {
        format!("{value}{suffix}")
    } else {
        format!("0x{value:X}{suffix}")
    }
}

macro_rules! int_literals {
    ($($type:ty),+) => { $(impl Literal for $type {
        fn literal(&self) -> String {
            number(u64::from(*self as u32), "")
        }
    })+ };
}
int_literals!(u16, i32, u32);

macro_rules! long_literals {
    ($($type:ty),+) => { $(impl Literal for $type {
        fn literal(&self) -> String {
            number(*self as u64, "L")
        }
    })+ };
}
long_literals!(isize, usize, u64, *mut c_void);

/// `NAME(size, size) size` for each function: of its arguments and of its result, 0 for none. What is
/// smaller than 4 counts as 4, as every argument has a register or a place on the stack of its own.
/// A closure that is never called names the function, so that no library of Windows is linked.
#[macro_export]
macro_rules! functions {
    ($($name:ident($($argument:tt),*)),+ $(,)?) => {
        $({
            let function = || $name as unsafe extern "system" fn($($argument),*) -> _;
            println!("{}{}", stringify!($name), $crate::lines::signature(function));
        })+
    };
}

/// The same for the types of function pointers.
#[macro_export]
macro_rules! function_pointers {
    ($($name:ident: $type:ident),+ $(,)?) => {
        $(println!("{}{}", stringify!($name), <$type as $crate::lines::Signature>::sizes());)+
    };
}

pub fn signature<F: Signature>(_: impl FnOnce() -> F) -> String {
    F::sizes()
}

pub trait Signature {
    fn sizes() -> String;
}

impl<F: Signature> Signature for Option<F> {
    fn sizes() -> String {
        F::sizes()
    }
}

macro_rules! signatures {
    ($($argument:ident)*) => {
        impl<R $(, $argument)*> Signature for unsafe extern "system" fn($($argument),*) -> R {
            fn sizes() -> String {
                let arguments: &[usize] = &[$(std::mem::size_of::<$argument>().max(4)),*];
                let arguments: Vec<String> = arguments.iter().map(usize::to_string).collect();
                format!("({}) {}", arguments.join(", "), std::mem::size_of::<R>())
            }
        }
        signatures!(@shorter $($argument)*);
    };
    (@shorter) => {};
    (@shorter $first:ident $($rest:ident)*) => { signatures!($($rest)*); };
}
signatures!(A B C D E F G H I);
