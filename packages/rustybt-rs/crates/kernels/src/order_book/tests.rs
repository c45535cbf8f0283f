//! Laws of the book under random commands.
