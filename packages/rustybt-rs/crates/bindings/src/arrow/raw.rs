//! The structures of Arrow's C data interface, as its specification lays them out.

use std::ffi::{c_char, c_int, c_void};

/// Describes a column.
#[repr(C)]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

/// Holds a chunk of a column.
#[repr(C)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

/// Gives the chunks of a column one by one.
#[repr(C)]
pub struct ArrowArrayStream {
    pub get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    pub get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    pub get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    pub private_data: *mut c_void,
}

/// A structure that says itself how its memory is given back.
macro_rules! released_on_drop {
    ($name:ident) => {
        impl $name {
            /// One that holds nothing yet.
            pub fn empty() -> Self {
                // SAFETY: all fields are integers, raw pointers or optional functions, for which
                // zero is a value; the specification calls such a structure released.
                unsafe { std::mem::zeroed() }
            }

            /// Take it out of where a producer put it, which then holds nothing.
            ///
            /// # Safety
            /// `from` points to an initialised structure that nobody else uses.
            pub unsafe fn take(from: *mut $name) -> Self {
                // SAFETY: the caller vouches for the pointer; what is left is a released one.
                unsafe { std::ptr::replace(from, $name::empty()) }
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: it was not released yet, else `release` would be null; the
                    // specification lets a consumer call it once, from any thread.
                    unsafe { release(self) }
                }
            }
        }
    };
}

released_on_drop!(ArrowSchema);
released_on_drop!(ArrowArray);
released_on_drop!(ArrowArrayStream);

// SAFETY: a consumer may read and release a structure on any thread, says the specification; the
// memory behind it does not change.
unsafe impl Send for ArrowArray {}
// SAFETY: as above; shared reads change nothing.
unsafe impl Sync for ArrowArray {}
