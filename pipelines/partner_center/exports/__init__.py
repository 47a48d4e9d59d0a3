"""Line items as files: an export is ordered, waited for, and fetched from storage. `reader.py` is the way in."""
