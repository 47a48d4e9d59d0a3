"""What people read: each report states its question and asks it of the published marts."""
