SELECT visitor, bool_and(ok) AS every, bool_or(ok) AS some, bool_or(value > 2000) AS large FROM events GROUP BY visitor;
